export default async ({ enter, shot, choose, drag, outline }: any) => {
  const ada = await enter('ada');
  const ben = await enter('ben');
  // real paste
  await ada.evaluate(() => navigator.clipboard.writeText('Pasted words'));
  await drag(ada, [[200, 100], [300, 150]]);
  await ada.keyboard.press('Control+v');
  await ada.waitForTimeout(800);
  console.log('after paste', await outline(ada));
  await choose(ada, 'Rectangle');
  await ada.waitForTimeout(100);
  await ada.keyboard.press('Control+v');
  await ada.waitForTimeout(800);
  console.log('after paste with focus on toolbar', await outline(ada));
  await drag(ben, [[200, 300], [400, 350], [500, 250]]);
  await ada.waitForTimeout(500);
  await shot(ada, 'a1'); await shot(ben, 'b1');
  // lead, and ben looks elsewhere
  await ada.getByRole('button', { name: 'Lead the view' }).click();
  await ben.getByRole('button', { name: 'Following Ada' }).waitFor();
  await ada.getByRole('button', { name: 'Zoom in' }).click();
  await ada.getByRole('button', { name: 'Zoom in' }).click();
  await ben.waitForTimeout(500);
  await shot(ben, 'b2-following');
  for (let i = 0; i < 4; i++) await ben.getByRole('button', { name: 'Zoom out' }).click();
  await ben.waitForTimeout(500);
  await shot(ben, 'b3-box');
  await ada.getByRole('button', { name: 'Pages: 1 / 1' }).click();
  await shot(ada, 'a4-pages');
  await ada.keyboard.press('Escape');
  await ada.getByRole('button', { name: 'Board menu' }).click();
  await ada.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await shot(ada, 'a5-keys');
};
