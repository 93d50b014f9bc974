// Starts a Chromium for a script: browser.mjs PLAYWRIGHT CHROMIUM SCRIPT ARGUMENT…
import { createRequire } from 'node:module';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [, , playwright, executablePath, script, ...args] = process.argv;
const { chromium } = createRequire(import.meta.url)(playwright);
const folder = await mkdtemp(join(tmpdir(), 'runner-test-browser-'));
process.env.HOME = folder; // of its own, for whatever it keeps
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--hide-scrollbars'],
});
try {
  const { default: run } = await import(script);
  await run(browser, args, value => process.stdout.write(JSON.stringify(value) + '\n'));
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
