// The question before an edit, on state of its own.
import assert from 'node:assert/strict';
import { commands } from 'vscode';
import { ask } from '../../src/edit/ask';
import { temporaryServices } from './support/temporaryServices';

/** Nothing is marked. */
const marking = { region: undefined, mark: () => Promise.resolve() };

describe('the question', () => {
  it('keeps the 50 last instructions, each once', async () => {
    const services = temporaryServices();
    const { globalState } = services.context;
    const kept = Array.from({ length: 50 }, (_, index) => `instruction ${index + 1}`);
    await globalState.update('recentInstructions', kept);

    const model = { id: 'openai/gpt-image-2', route: 'images/edits' as const };
    for (const instruction of ['make it brighter', 'instruction 7']) {
      const offer = {
        fileName: 'photo.jpg',
        pictures: 1,
        models: () => [model],
        refreshed: Promise.resolve(),
        defaultModel: model.id,
        marking,
        previous: { instruction, model },
      };
      const asked = await pressEnter(ask(services, offer));
      assert.deepEqual(asked, { instruction, model });
    }

    assert.deepEqual(globalState.get('recentInstructions'), [
      'instruction 7',
      'make it brighter',
      ...kept.slice(0, 49).filter((instruction) => instruction !== 'instruction 7'),
    ]);
    services.keys.dispose();
    services.log.dispose();
  });

  it('answers with the options that were set for the model, and of them only what it can do', async () => {
    const services = temporaryServices();
    const { globalState } = services.context;
    await globalState.update('lastModel', 'acme/painter');
    await globalState.update('options', {
      'openai/gpt-image-2': { quality: 'low' },
      'acme/painter': { n: 2, quality: 'ultra', size: '1024x1024' },
    });
    const painter = {
      id: 'acme/painter',
      route: 'images/edits' as const,
      capabilities: {
        options: { n: { minimum: 1, maximum: 2 }, quality: { values: ['ultra'] } },
      },
    };
    const gptImage = { id: 'openai/gpt-image-2', route: 'images/edits' as const };
    const instruction = 'make it brighter';
    const priced: unknown[] = [];
    let near = 0;
    const offer = {
      fileName: 'photo.jpg',
      pictures: 1,
      models: () => [gptImage, painter],
      refreshed: Promise.resolve(),
      defaultModel: gptImage.id,
      marking,
      onModel: () => {
        near++;
      },
      lastCost: ({ id }: { id: string }, options: object) => void priced.push([id, options]),
    };
    await globalState.update('recentInstructions', [instruction]);
    assert.deepEqual(await pressEnter(ask(services, offer)), {
      instruction,
      model: painter,
      options: { n: 2, quality: 'ultra' },
    });
    assert.equal(near, 1);
    assert.deepEqual(priced, [
      [gptImage.id, { quality: 'low' }],
      [painter.id, { n: 2, quality: 'ultra' }],
    ]);
    // Sent again, it has what it had.
    const previous = { instruction, model: gptImage, options: { quality: 'high' } };
    assert.deepEqual(await pressEnter(ask(services, { ...offer, previous })), previous);
    services.keys.dispose();
    services.log.dispose();
  });
});

/** Both questions are filled in: Enter, as long as there is one to answer. */
async function pressEnter<Answer>(asking: Promise<Answer>): Promise<Answer> {
  const entering = setInterval(() => {
    void commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  }, 50);
  return asking.finally(() => {
    clearInterval(entering);
  });
}
