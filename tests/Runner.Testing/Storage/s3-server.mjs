// An S3 server for tests: s3rver over a folder, which knows its access keys and takes the SDK's signed chunks, behind a door that adds what it lacks of S3:
// an object is there whole or not at all, and conditions of writes and removals hold (If-None-Match, If-Match: docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html).
//
//   node s3-server.mjs FOLDER NODE_MODULES
//
// `POST /faults` takes a line `NAME WHEN METHOD PATTERN`: calls of the method whose path has the pattern are answered with 403 from then on, `before` or `after` they are done. `DELETE /faults` takes
// a line `NAME`, and ends it.
//
// Prints `READY PORT PORT`, the second of which is s3rver's own. Buckets: `kept`; `plain`, which looks at no condition, as servers do that are older; `strict`, which takes no call with one; `sealed`, which lets nobody write.
import { createServer, request, Agent } from 'node:http'
import { createRequire } from 'node:module'

const [folder, modules] = process.argv.slice(2)
const S3rver = createRequire(modules + '/')('@20minutes/s3rver')
const buckets = ['kept', 'plain', 'sealed', 'strict'].map(name => ({ name }))
const inner = await new S3rver({
  port: 0,
  address: '127.0.0.1',
  silent: true,
  directory: folder,
  vhostBuckets: false,
  configureBuckets: buckets,
  allowMismatchedSignatures: true // it leaves the slash behind a bucket's name out of what it signs
}).run()
const agent = new Agent({ keepAlive: true })
const tags = new Map() // of all objects: they come through here alone
const faults = new Map()
let last = Promise.resolve()

const error = (status, code) => ({ status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`) })

function forward (incoming, body) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port: inner.port, host: '127.0.0.1', agent, method: incoming.method, path: incoming.url, headers: incoming.headers }, resolve)
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

async function collect (stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function refusal (incoming, bucket, key) {
  const { 'if-none-match': none, 'if-match': match } = incoming.headers
  if (bucket === 'sealed') return error(403, 'AccessDenied')
  if (bucket === 'plain') return null
  if (bucket === 'strict') return none || match ? error(501, 'NotImplemented') : null
  if (none === '*' && tags.has(key)) return error(412, 'PreconditionFailed')
  if (match && !tags.has(key)) return error(404, 'NoSuchKey')
  return match && match !== tags.get(key) ? error(412, 'PreconditionFailed') : null
}

const fails = (when, incoming, path) => [...faults.values()].some(fault => fault.when === when && fault.method === incoming.method && fault.pattern.test(path))

async function change (incoming, body, bucket, key) {
  const refused = fails('before', incoming, key) ? error(403, 'AccessDenied') : refusal(incoming, bucket, key)
  if (refused) return refused
  const answer = await forward(incoming, body)
  const content = await collect(answer)
  if (answer.statusCode < 300) incoming.method === 'PUT' ? tags.set(key, answer.headers.etag) : tags.delete(key)
  return fails('after', incoming, key) ? error(403, 'AccessDenied') : { status: answer.statusCode, headers: answer.headers, body: content }
}

createServer(async (incoming, outgoing) => {
  try {
    const source = incoming.headers['x-amz-copy-source']
    if (source) incoming.headers['x-amz-copy-source'] = decodeURIComponent(source) // it leaves the slashes that the SDK encodes
    const path = decodeURIComponent(incoming.url.split('?')[0])
    if (path === '/faults') {
      const [id, when, method, pattern] = (await collect(incoming)).toString().split(' ')
      incoming.method === 'POST' ? faults.set(id, { when, method, pattern: new RegExp(pattern) }) : faults.delete(id)
      outgoing.end()
      return
    }

    const [, bucket, name] = path.split('/', 3)
    const isData = path.includes('/data/')
    if (incoming.method === 'GET' && isData) { // never written twice: nobody need wait
      const answer = await forward(incoming)
      outgoing.writeHead(answer.statusCode, answer.headers)
      answer.pipe(outgoing)
      return
    }

    const body = await collect(incoming)
    const mine = last.then(async () => {
      if (name && (incoming.method === 'PUT' || incoming.method === 'DELETE')) return change(incoming, body, bucket, path)
      if (fails('before', incoming, path)) return error(403, 'AccessDenied')
      const answer = await forward(incoming, body)
      return { status: answer.statusCode, headers: answer.headers, body: await collect(answer) }
    })
    last = mine.catch(() => {})
    const answer = await mine
    outgoing.writeHead(answer.status, answer.headers)
    outgoing.end(incoming.method === 'HEAD' ? undefined : answer.body)
  } catch {
    outgoing.destroy() // who sent it is gone
  }
}).listen(0, '127.0.0.1', function () { console.log(`READY ${this.address().port} ${inner.port}`) })
process.stdin.on('end', () => process.exit(0)).resume() // with whoever started it
