// Uploads, lists, downloads, overwrites and deletes artifacts as actions do, and prints what it saw as one JSON line.
import { DefaultArtifactClient } from '@actions/artifact'
import { writeFileSync, readFileSync, mkdirSync } from 'node:fs'

const client = new DefaultArtifactClient()
const seen = {}
mkdirSync('in/sub', { recursive: true })
writeFileSync('in/a.txt', 'one')
writeFileSync('in/sub/b.txt', 'two')
const first = await client.uploadArtifact('build', ['in/a.txt', 'in/sub/b.txt'], 'in')
seen.again = await client.uploadArtifact('build', ['in/a.txt'], 'in').then(() => 'uploaded', error => error.message)
await client.uploadArtifact('logs', ['in/a.txt'], 'in', { retentionDays: 1 })
const listed = await client.listArtifacts()
seen.names = listed.artifacts.map(artifact => artifact.name)
const { artifact } = await client.getArtifact('build')
seen.sameId = artifact.id === first.id
const { downloadPath, digestMismatch } = await client.downloadArtifact(artifact.id, { path: 'out', expectedHash: artifact.digest })
seen.files = [readFileSync(`${downloadPath}/a.txt`, 'utf8'), readFileSync(`${downloadPath}/sub/b.txt`, 'utf8')]
seen.digestMismatch = digestMismatch
const deleted = await client.deleteArtifact('build')
seen.deleted = deleted.id === first.id
await client.uploadArtifact('build', ['in/a.txt'], 'in')
seen.afterwards = (await client.listArtifacts()).artifacts.map(artifact => artifact.name).sort()
seen.invalid = await client.uploadArtifact('../x', ['in/a.txt'], 'in').then(() => 'uploaded', error => error.name + '')
console.log('\nSEEN ' + JSON.stringify(seen))
