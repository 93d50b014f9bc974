// What JavaScript actions do with Node.js beyond JavaScript: names of hosts, TLS, programs, processes of their own, threads.
const { execFileSync, fork } = require('child_process');
const { Worker } = require('worker_threads');
const dns = require('dns').promises;
const fs = require('fs');
const tls = require('tls');

const message = source => new Promise((resolve, reject) => source.once('message', resolve).once('error', reject));

// A key that both know instead of certificates.
const psk = { ciphers: 'PSK', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', checkServerIdentity: () => undefined };
const key = Buffer.alloc(32, 7);

const overTls = () => new Promise((resolve, reject) => {
  const server = tls.createServer({ ...psk, pskCallback: () => key }, socket => socket.end('works')).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    const client = tls.connect({ ...psk, host: '127.0.0.1', port, pskCallback: () => ({ psk: key, identity: 'probe' }) });
    client.once('data', data => { server.close(); resolve(String(data)); }).once('error', reject);
  });
});

const write = path => {
  try {
    fs.writeFileSync(path, '');
    return 'written';
  } catch (error) {
    return error.code;
  }
};

async function main() {
  console.log('node', process.version.split('.')[0], process.execPath);
  console.log('libc of the image', ['/lib64', '/lib/x86_64-linux-gnu/libc.so.6'].some(fs.existsSync) ? 'there' : 'none');
  console.log('localhost is', (await dns.lookup('localhost', { family: 4 })).address);
  console.log('tls', await overTls());
  console.log('shell', execFileSync('/bin/sh', ['-c', 'echo works']).toString().trim());
  console.log('child is', await message(fork(__filename, ['child'])));
  console.log('thread', await message(new Worker("require('worker_threads').parentPort.postMessage('works')", { eval: true })));
  console.log('loader variables', Object.keys(process.env).filter(name => name.startsWith('LD_')).join() || 'none');
  console.log('externals', write('/runner/externals/node24/bin/other'));
  console.log('main ended');
}

if (process.argv[2] === 'child') {
  process.send(process.execPath);
  process.disconnect();
} else {
  main().catch(error => {
    console.error(error);
    process.exitCode = 1;
  });
}
