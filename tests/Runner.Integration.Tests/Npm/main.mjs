// The main stage of a JavaScript action: GitHub's own clients against the commands, files and services of the job they run in.
import * as artifacts from '@actions/artifact'
import * as cache from '@actions/cache'
import * as core from '@actions/core'
import * as exec from '@actions/exec'
import * as glob from '@actions/glob'
import { HttpClient } from '@actions/http-client'
import * as io from '@actions/io'
import * as tools from '@actions/tool-cache'
import { createServer } from 'node:http'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

// @actions/core: inputs, outputs, variables, masks, state, annotations, groups, summary
core.setSecret('made-up-secret')
core.info(`who is ${core.getInput('who', { required: true })}, flag is ${core.getBooleanInput('flag')}, made-up-secret`)
core.setOutput('lines', 'one\ntwo')
core.exportVariable('FROM_TOOLKIT', 'a\nb')
core.addPath('/added/by/toolkit')
core.saveState('kept', { n: 1 })
core.warning('odd, 100%', { title: 'Title: x', file: 'files/a.txt', startLine: 2 })
await core.group('a group', async () => core.info('inside'))
await core.summary.addHeading('From the toolkit').write()

// @actions/io and @actions/exec
await io.mkdirP('files/deep')
writeFileSync('files/a.txt', 'a')
await io.cp('files/a.txt', 'files/deep/b.txt')
core.info(`bash is ${await io.which('bash', true)}`)
const ran = await exec.getExecOutput('bash', ['-c', 'echo "out of $0"; exit 3', 'a bash'], { ignoreReturnCode: true, silent: true })
core.info(`exec gave ${ran.exitCode}: ${ran.stdout.trim()}`)

// @actions/glob
const found = await (await glob.create('files/**/*.txt')).glob()
core.info(`glob found ${found.map(file => file.replace(process.env.GITHUB_WORKSPACE, '')).join(' ')}`)
core.info(`hashed ${(await glob.hashFiles('files/**')).length} letters`)

// @actions/http-client and @actions/tool-cache
const server = createServer((_, response) => response.end('{"ok":true}')).listen(0, '127.0.0.1')
await new Promise(resolve => server.once('listening', resolve))
const address = `http://127.0.0.1:${server.address().port}/tool`
core.info(`http gave ${JSON.stringify((await new HttpClient('test').getJson(address)).result)}`)
const tool = await tools.cacheFile(await tools.downloadTool(address), 'tool.json', 'made-up-tool', '1.2.3')
core.info(`tool is ${tool.endsWith('/made-up-tool/1.2.3/x64')} ${tools.find('made-up-tool', '1.x') === tool}`)
server.close()

// @actions/artifact
const client = new artifacts.DefaultArtifactClient()
const upload = await client.uploadArtifact('mine', ['files/a.txt', 'files/deep/b.txt'], 'files')
const listed = await client.listArtifacts()
await client.downloadArtifact(upload.id, { path: 'again' })
core.info(`artifacts ${listed.artifacts.map(artifact => artifact.name)}: ${readFileSync('again/deep/b.txt')}`)

// @actions/cache
await cache.saveCache(['files'], 'toolkit-1')
rmSync('files', { recursive: true })
const hit = await cache.restoreCache(['files'], 'toolkit-2', ['toolkit-'])
core.info(`cache ${hit}: ${readFileSync('files/a.txt')}`)
