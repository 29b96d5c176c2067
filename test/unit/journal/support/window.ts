// A journal's folder goes in, for a process that stands for one window; what it is told by its parent it does.
import { nodeDisk } from '../../../../src/journal/disk';
import { Journal } from '../../../../src/journal/journal';
import { apiKey, newJob, original } from './sampleJob';

export type Order = 'prepare' | 'take over' | 'tidy';

const [root = ''] = process.argv.slice(2);
const journal = new Journal(root, nodeDisk);

process.on('message', (order: Order) => {
  void (async () => {
    switch (order) {
      case 'prepare': {
        const job = await journal.prepare(newJob, original, apiKey);
        await job.markSent();
        return process.send?.([job.id]);
      }
      case 'take over':
        return process.send?.((await journal.takeOver()).map(({ files }) => files.id));
      case 'tidy':
        return process.send?.(await journal.tidy());
    }
  })();
});
process.send?.([]);
