// Which image is edited: the one that is selected or open, the one that is chosen, or several of them.
import assert from 'node:assert/strict';
import { commands, TabInputCustom, window } from 'vscode';
import { runEditImage } from '../../src/edit/commands';
import { until } from '../support/until';
import { smallPicture } from './support/pictures';
import { HostTrip } from './support/hostTrip';

const hostile = '50% off #1 "final".png';

describe('the image to edit', () => {
  let trip: HostTrip;
  afterEach(() => trip.end());

  /** As from the palette. */
  const callPlainly = () => void trip.run(() => runEditImage(trip.services, undefined, undefined));

  it('is the one that is open, where the command is called from the palette', async () => {
    trip = await HostTrip.start();
    await commands.executeCommand('vscode.open', trip.uri('photo.jpg'));
    const open = () => window.tabGroups.activeTabGroup.activeTab?.input;
    await until(
      'image preview',
      () => open() instanceof TabInputCustom,
      () => String(open()),
    );
    callPlainly();
    await (await trip.user.asked('Edit photo.jpg')).escape();
  });

  it('is asked for where none is open, among the images of the folder', async () => {
    trip = await HostTrip.start();
    callPlainly();
    const question = await trip.user.asked('Edit Image with AI');
    assert.equal(question.placeholder, 'Choose an image');
    const labels = () => question.rows().map(({ label }) => label);
    await until('row of the image', () => labels().includes(hostile), labels);
    assert.equal(labels().at(-1), 'Browse…');
    assert.ok(!labels().includes('README.md'));
    await question.type('bnr');
    await until('banner alone', () => labels().join() === 'banner.webp,Browse…', labels);
    await question.enter();
    await (await trip.user.asked('Edit banner.webp')).escape();
    assert.deepEqual(trip.sent, []);
  });

  it('is the first of several that are combined, where the model takes so many', async () => {
    trip = await HostTrip.start({ model: 'google/gemini-2.5-flash-image' });
    const names = ['first.webp', 'second.jpg', 'third.png', 'fourth.jpg'];
    for (const name of names) {
      const picture = smallPicture();
      const bytes = name.endsWith('webp')
        ? picture.webp()
        : name.endsWith('jpg')
          ? picture.jpeg()
          : picture.png();
      await trip.place(name, await bytes.toBuffer());
    }
    // In the order in which they were selected; the click was on another one.
    void trip.begin('third.png', ...names.slice(0, 2), 'README.md', ...names.slice(2));
    const how = await trip.user.asked('Edit 4 images');
    assert.match(how.placeholder, /1 selected file is no image and stays out/);
    assert.deepEqual(
      how.rows().map(({ label, detail }) => [label, detail]),
      [
        ['Edit each', 'Edits 4 images in the same way, a few at a time'],
        [
          'Combine into one',
          'Edits first.webp; second.jpg, third.png, fourth.jpg go along as references',
        ],
      ],
    );
    await how.choose('Combine into one');
    await trip.answer('first.webp', 'add a cat', 'google/gemini-2.5-flash-image');
    await trip.user.told(
      'google/gemini-2.5-flash-image takes at most 3 pictures: these are 4. Choose another model, or select fewer. Nothing was sent.',
    );
    assert.equal(trip.sent.length, 0);
    await (await trip.user.asked('Choose a model')).choose('openai/gpt-image-2');
    const page = await trip.pages.titled('Compare: first.webp');
    const { rounds } = await page.untilReview();
    assert.deepEqual(rounds[0]?.references, names.slice(1));
    page.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved first.edited.webp');
    assert.equal(trip.sent.length, 1);
    const [request] = trip.sent;
    const { images } = request!.body as { images: { image_url: string }[] };
    assert.deepEqual(
      images.map(({ image_url: url }) => /^data:([^;]+)/.exec(url)?.[1]),
      ['image/webp', 'image/jpeg', 'image/png', 'image/jpeg'],
    );
    assert.deepEqual(await trip.made(), ['first.edited.webp']);
  });

  it('is none where no image is among those selected', async () => {
    trip = await HostTrip.start();
    const ended = trip.begin('README.md', 'README.md', 'notes.txt');
    const words = 'None of the selected files is an image that Retouch can edit.';
    (await trip.user.told(words)).dismiss();
    await ended;
    assert.equal(trip.user.isAsked, false);
    assert.deepEqual(trip.gateway.requests, []);
  });
});
