// Takes pictures of pages: on a desk and on a phone, by day and in the dark. Tells of each how wide it wants to be, and what colour its ground has.
export default async (browser, [address, folder, ...names], tell) => {
  for (const name of names) {
    for (const [device, width, height] of [['desk', 1280, 900], ['phone', 390, 844]]) {
      for (const colorScheme of ['light', 'dark']) {
        const page = await browser.newPage({ viewport: { width, height }, colorScheme, deviceScaleFactor: 1 });
        const errors = [];
        page.on('console', message => message.type() === 'error' && errors.push(message.text()));
        page.on('pageerror', error => errors.push(String(error)));
        await page.goto(address + name);
        if (await page.$('#log')) await page.waitForSelector('#log span');
        await page.screenshot({ path: `${folder}/${name.replace(/\W.*/, '') || 'page'}-${device}-${colorScheme}.png` });
        tell({
          name, device, colorScheme, errors,
          wide: await page.evaluate('document.documentElement.scrollWidth'),
          ground: await page.evaluate('getComputedStyle(document.body).backgroundColor'),
          text: await page.evaluate('getComputedStyle(document.body).color'),
        });
        await page.close();
      }
    }
  }
};
