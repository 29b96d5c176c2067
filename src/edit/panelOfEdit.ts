// An edit goes in; its compare panel comes out, with the original in it.
import type { WebviewPanel } from 'vscode';
import { ComparePanel } from '../compare/comparePanel';
import type { PanelState } from '../compare/protocol';
import type { Compared } from './edit';
import { facts } from './panelFacts';

/** Opens the compare panel of an edit, with the original in it. */
export function openPanel(
  { services, subject, fileName, original, display }: Compared,
  state: Pick<PanelState, 'phase' | 'startedAt' | 'rounds' | 'restore' | 'queue'>,
  restored?: WebviewPanel,
): ComparePanel {
  return new ComparePanel(
    services.context.extensionUri,
    {
      fileName,
      original: facts(original),
      versions: [],
      shown: 0,
      replaceable: subject.link === undefined && subject.hasNoFolder !== true,
      ...state,
    },
    display,
    (name) =>
      services.log.warn(
        `${fileName}: the panel cannot show the ${typeof name === 'number' ? 'edited' : name} picture`,
      ),
    restored,
  );
}
