// Writes into a program where it finds its loader and its libraries: place-node.mjs PROGRAM FOLDER LOADER
//
// Debian's patchelf does this by moving parts of the program, and its version 0.18 (Ubuntu 24.04, Debian 13) leaves a node that crashes. Here
// nothing moves. The two texts go into the zeros between the end of a read-only segment and the end of its page, which are mapped with it; the
// header of the interpreter then points there, and a spare entry of the dynamic section becomes an rpath. (An rpath, not a runpath: it holds
// for addons too.) Formats: System V ABI, "Object Files" and "Dynamic Linking"; 64 bit, little endian.
import { readFileSync, writeFileSync } from 'node:fs'

const [program, folder, loader] = process.argv.slice(2)
const PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3
const PF_W = 2
const DT_NULL = 0, DT_STRTAB = 5, DT_RPATH = 15
const PAGE = 4096

const file = readFileSync(program)
const number = at => Number(file.readBigUInt64LE(at))
const put = (at, value) => file.writeBigUInt64LE(BigInt(value), at)
if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) {
  throw new Error(`${program}: expected an ELF file of 64 bit, little endian`)
}

const [headers, headerSize, count] = [number(0x20), file.readUInt16LE(0x36), file.readUInt16LE(0x38)]
const segments = Array.from({ length: count }, (_, index) => {
  const at = headers + index * headerSize
  return {
    at, type: file.readUInt32LE(at), flags: file.readUInt32LE(at + 4), offset: number(at + 8), address: number(at + 16), size: number(at + 32),
  }
})
const segment = type => segments.find(found => found.type === type) ?? fail(`has no segment of type ${type}`)

const texts = Buffer.from(`${loader}\0${folder}\0`)
const room = segments.find(found => found.type === PT_LOAD && !(found.flags & PF_W) && isFree(found.offset + found.size))
  ?? fail(`has no read-only segment with ${texts.length} free bytes behind it`)
const end = room.offset + room.size
texts.copy(file, end)
const address = room.address + room.size
const size = room.size + texts.length
put(room.at + 32, size)
put(room.at + 40, size)

const interpreter = segment(PT_INTERP)
put(interpreter.at + 8, end)
put(interpreter.at + 16, address)
put(interpreter.at + 24, address)
put(interpreter.at + 32, loader.length + 1)
put(interpreter.at + 40, loader.length + 1)

const dynamic = segment(PT_DYNAMIC)
const entries = Array.from({ length: dynamic.size / 16 }, (_, index) => dynamic.offset + index * 16)
const nulls = entries.filter(at => number(at) === DT_NULL)
const strings = entries.find(at => number(at) === DT_STRTAB) ?? fail('has no string table')
if (nulls.length < 2) {
  fail('has no spare entry in its dynamic section')
}

put(nulls[0], DT_RPATH)
put(nulls[0] + 8, address + loader.length + 1 - number(strings + 8))
writeFileSync(program, file)

function isFree(from) {
  const pageEnd = Math.ceil(from / PAGE) * PAGE
  const used = segments.some(other => other.type === PT_LOAD && other.offset >= from && other.offset < from + texts.length)
  return !used && from + texts.length <= pageEnd && file.subarray(from, from + texts.length).every(byte => byte === 0)
}

function fail(what) {
  throw new Error(`${program} ${what}`)
}
