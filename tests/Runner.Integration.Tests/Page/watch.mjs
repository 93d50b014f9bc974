// Watches an agent in a browser, and tells step by step what it sees: watch.mjs ADDRESS JOB NEXT
export default async (browser, [address, job, next], tell) => {
  // Without script the tables are there.
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const still = await plain.newPage();
  await still.goto(address);
  tell({
    pools: await still.locator('.pools tbody tr').allInnerTexts(),
    jobs: await still.locator('.jobs tbody tr').allInnerTexts(),
    refresh: await still.locator('noscript').count(),
  });
  await plain.close();

  const page = await browser.newPage();
  const errors = [];
  page.on('console', message => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', error => errors.push(String(error)));
  await page.goto(address);
  await page.locator('#live', { hasText: 'live' }).waitFor();
  await page.evaluate('window.isSame = true');
  tell({ live: true, links: await page.locator(`tr[data-job="${job}"] a`).evaluateAll(links => links.map(link => link.getAttribute('href'))) });

  // A change comes without a reload.
  await page.locator('.jobs tbody tr', { hasText: next }).waitFor();
  tell({ same: await page.evaluate('window.isSame === true'), names: await page.locator('.jobs tbody th a').allInnerTexts(), pwned: await page.evaluate('window.pwned === true') });

  // The log of the job, as it grows.
  await page.locator(`tr[data-job="${job}"] th a`).click();
  await page.locator('#log', { hasText: 'a line before' }).waitFor();
  tell({ log: await page.locator('#log').innerText(), state: await page.locator('#log-state').innerText() });
  await page.locator('#log', { hasText: 'a line after' }).waitFor();
  await page.locator('#log-state', { hasText: 'ended' }).waitFor();
  await page.locator('main .badge', { hasText: 'success' }).waitFor();
  tell({ log: await page.locator('#log').innerText(), errors, pwned: await page.evaluate('window.pwned === true') });
};
