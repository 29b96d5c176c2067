// The bench fails where a bar is missed, and sees what keeps the event loop waiting.
import assert from 'node:assert/strict';
import { formatTable, judge, median, type Figures, type Row } from '../../../bench/judge';
import { watchStalls } from '../../../bench/measure';

const megabyte = 1024 * 1024;
const peer: Figures = { time: 200, memory: 100 * megabyte, stall: 150 };
const bars = { time: 0.3, memory: 0.2, stall: 15 };

/** What just keeps every bar, but for what is given. */
function row(ours: Partial<Figures> = {}, kept: Partial<Figures> = {}): Row {
  return {
    name: 'upload, JSON, 20 MB',
    bars,
    floor: { time: 40, memory: 3 * megabyte, stall: 5 },
    peer,
    ours: { time: 60, memory: 20 * megabyte, stall: 15, ...ours },
    kept: { time: 500, memory: 20 * megabyte, stall: 15, ...kept },
  };
}

describe('bench', () => {
  it('passes what keeps every bar', () => {
    assert.deepEqual(judge([row()]), []);
    assert.doesNotMatch(formatTable([row()], 'openai'), /✘/);
  });

  for (const [ours, kept, miss] of [
    [{ time: 62 }, {}, 'time 0.31×, the bar is 0.3×'],
    [{ memory: 21 * megabyte }, {}, 'memory 0.21 and 0.20×, the bar is 0.2×'],
    [{}, { memory: 21 * megabyte }, 'memory 0.20 and 0.21×, the bar is 0.2×'],
    [{ stall: 15.1 }, {}, 'longest stall 15.1 and 15.0 ms, the bar is 15 ms'],
    [{}, { stall: 15.1 }, 'longest stall 15.0 and 15.1 ms, the bar is 15 ms'],
    [{ time: NaN }, {}, 'time NaN×, the bar is 0.3×'],
  ] as const) {
    it(`names the bar that is missed: ${miss}`, () => {
      const rows = [row(), row(ours, kept)];
      assert.deepEqual(judge(rows), [`upload, JSON, 20 MB: ${miss}`]);
      assert.equal(formatTable(rows, 'openai').match(/✘/g)?.length, 1);
    });
  }

  it('fails where nothing was measured', () => {
    assert.equal(judge([]).length, 1);
    assert.throws(() => median([]), RangeError);
  });

  it('takes the middle', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([9, 1, 5, 6]), 5.5);
  });

  for (const [when, before] of [
    ['at the start', 0],
    ['later', 20],
  ] as const) {
    it(`sees a stall ${when}`, async () => {
      const stop = watchStalls();
      await new Promise((resolve) => setTimeout(resolve, before));
      // Work, not wall time, is what counts: as much of it as takes a processor 60 ms.
      const begun = process.cpuUsage();
      while (process.cpuUsage(begun).user < 60_000);
      assert.ok(stop() >= 10);
    });
  }
});
