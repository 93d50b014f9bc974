// Uploads and downloads an artifact of 1 GiB that zip cannot make smaller.
import { DefaultArtifactClient } from '@actions/artifact'
import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'

const client = new DefaultArtifactClient()
const block = randomBytes(1 << 20)
const file = openSync('big.bin', 'w')
for (let i = 0; i < 1024; i++) { block.writeUInt32LE(i); writeSync(file, block) }
closeSync(file)
const { id, size } = await client.uploadArtifact('big', ['big.bin'], '.', { compressionLevel: 0 })
const { artifact } = await client.getArtifact('big')
const { digestMismatch } = await client.downloadArtifact(id, { path: 'out', expectedHash: artifact.digest })
console.log('\nSEEN ' + JSON.stringify({ isBig: size > 1 << 30, bytes: statSync('out/big.bin').size, digestMismatch }))
