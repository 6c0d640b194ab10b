export default async ({ enter, shot, choose, drag, outline, backend }: any) => {
  const phone = { viewport: { width: 390, height: 720 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
  const ada = await enter('ada');
  const ben = await enter('ben', { ...phone, colorScheme: 'dark' });
  const chen = await enter('chen');
  await drag(ada, [[100, 150], [200, 200], [300, 150]]);
  // locked notice: ben draws in the moment of the lock
  for (let i = 0; i < 3; i++) await ada.getByRole('button', { name: 'Add a page' }).click();
  await ada.waitForTimeout(500);
  await ada.getByRole('button', { name: 'Pages: 4 / 4' }).click();
  await shot(ada, 'c1-pages'); await ada.keyboard.press('Escape');
  await shot(ben, 'c2-phone-pages'); await shot(chen, 'c3-observer');
  await ben.getByRole('button', { name: /^More tools/ }).click(); await shot(ben, 'c4-phone-more'); await ben.keyboard.press('Escape');
  await ben.getByRole('button', { name: 'Board menu' }).click(); await shot(ben, 'c4-phone-menu');
  await ben.getByRole('button', { name: 'Keyboard shortcuts' }).click(); await shot(ben, 'c4-phone-keys'); await ben.keyboard.press('Escape');
  // picture by data
  const png = await ada.evaluate(() => { const c = document.createElement('canvas'); c.width = 300; c.height = 200; const x = c.getContext('2d')!; x.fillStyle = '#8bc'; x.fillRect(0,0,300,200); x.fillStyle='#fff'; x.font='40px sans-serif'; x.fillText('picture', 60, 110); return c.toDataURL('image/png'); });
  await choose(ada, 'Image'); await drag(ada, [[400, 300]]);
  await ada.getByLabel('Choose a file').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from(png.split(',')[1], 'base64') });
  await shot(ada, 'c5-image-dialog');
  await ada.getByRole('button', { name: 'Add', exact: true }).click();
  await ada.waitForTimeout(700);
  await shot(ada, 'c6-image');
  console.log(await outline(ada));
  // bad address
  await choose(ada, 'Image'); await drag(ada, [[400, 300]]);
  await ada.getByLabel('Address of the picture').fill('http://127.0.0.1:1/none.png');
  await ada.getByRole('button', { name: 'Add', exact: true }).click();
  await ada.waitForTimeout(700);
  await shot(ada, 'c7-notice');
  // downloads
  const files: string[] = []; ada.on('download', (d: any) => files.push(d.suggestedFilename()));
  await ada.getByRole('button', { name: 'Board menu' }).click();
  await ada.getByRole('button', { name: 'Save all pages as PNG' }).click();
  await ada.waitForTimeout(1500);
  console.log('downloads', files);
  // narrow desktop
  await ada.setViewportSize({ width: 820, height: 600 }); await ada.waitForTimeout(300); await shot(ada, 'c8-820');
  await ada.setViewportSize({ width: 640, height: 900 }); await ada.waitForTimeout(300); await shot(ada, 'c9-640');
  await ada.setViewportSize({ width: 844, height: 390 }); await ada.waitForTimeout(300); await shot(ada, 'c10-landscape');
};
