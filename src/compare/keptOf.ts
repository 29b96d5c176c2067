// Takes the host's state and what was kept of one before; gives what the panel needs after a reload, to be as it was.
import type { KeptByWebview, PanelState } from './protocol';

export function keptOf(
  { restore, versions, shown: at, comparison, matching }: PanelState,
  before: KeptByWebview,
): KeptByWebview {
  const shown = versions[at]?.id;
  // While it is compared anew there are no changes yet.
  const settled =
    comparison && !comparison.busy && comparison.version === at ? comparison : undefined;
  const last = before.shown === shown ? before : undefined;
  // Numbers of changes mean these changes with what they were found with alone: they stay together.
  const isDecided = last?.overall === false || (last?.rejected ?? []).length > 0;
  const how =
    !settled && last && isDecided
      ? last
      : {
          threshold: comparison?.threshold ?? before.threshold,
          aligned: comparison?.alignment.on ?? before.aligned,
          matching: matching ?? before.matching,
        };
  const kept = {
    restore: restore ?? before.restore,
    shown,
    threshold: how.threshold,
    aligned: how.aligned,
    matching: how.matching,
    rejected: settled
      ? settled.changes.flatMap(({ kept }, change) => (kept ? [] : [change]))
      : last?.rejected,
    overall: settled ? settled.overall?.kept : last?.overall,
  };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}
