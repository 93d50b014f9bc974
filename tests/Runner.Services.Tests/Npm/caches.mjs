// Saves and restores caches as actions do, and prints what it saw as one JSON line.
import * as cache from '@actions/cache'
import { writeFileSync, readFileSync, mkdirSync, rmSync } from 'node:fs'

const seen = {}
const fill = text => { mkdirSync('deps', { recursive: true }); writeFileSync('deps/lib', text) }
const restore = async (key, others) => {
  rmSync('deps', { recursive: true, force: true })
  const hit = await cache.restoreCache(['deps'], key, others)
  return hit ? `${hit}=${readFileSync('deps/lib', 'utf8')}` : 'miss'
}
seen.available = cache.isFeatureAvailable()
seen.miss = await restore('npm-1')
fill('one')
seen.saved = await cache.saveCache(['deps'], 'npm-1') > 0
seen.again = await cache.saveCache(['deps'], 'npm-1') // -1: there is one already
seen.hit = await restore('npm-1')
fill('two')
const ids = await Promise.all(['npm-2', 'npm-2'].map(key => cache.saveCache(['deps'], key)))
seen.concurrent = ids.filter(id => id > 0).length
seen.prefix = await restore('npm-3', ['npm-'])
seen.other = await restore('yarn-1', ['yarn-'])
console.log('\nSEEN ' + JSON.stringify(seen))
