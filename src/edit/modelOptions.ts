// The command `Model Options…`: the user chooses a model and sets its options, with nothing sent. By keyboard too,
// which does not reach the gears in the list of models in every VS Code.
import { window } from 'vscode';
import { askOptions } from './askOptions';
import { listModels } from './catalogue';
import { ChosenOptions } from './keptOptions';
import { optionsInWords } from './options';
import type { Services } from './services';
import type { Settings } from './settings';
import { plain } from './showName';

/** Ends when the user escapes. */
export async function setModelOptions(services: Services, settings: Settings): Promise<void> {
  const options = new ChosenOptions(services.context.globalState);
  for (;;) {
    const rows = listModels(services, settings).flatMap(({ id, route, capabilities }) => {
      if (!route) return [];
      const model = { id, route, ...(capabilities && { capabilities }) };
      const detail = plain(optionsInWords(options.of(model)));
      return [{ label: plain(id), description: route, ...(detail && { detail }), model }];
    });
    const chosen = await window.showQuickPick(rows, {
      title: 'Model Options',
      placeHolder: 'The model whose options to set',
      ignoreFocusOut: true,
    });
    if (!chosen) return;
    const { model } = chosen;
    const left = await askOptions(model, options.of(model), (changed) =>
      options.keep(model, changed),
    );
    if (left === undefined) return;
  }
}
