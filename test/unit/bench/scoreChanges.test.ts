// What makes a pair of pictures good in the bench of real edits, on labels that are planted; and which bars are missed.
import assert from 'node:assert/strict';
import { paintLabels } from '../../../bench/changesFiles';
import { goodBar, judgeScores, scoreChanges, type Asked } from '../../../bench/scoreChanges';
import type { Box, Change, Changes } from '../../../src/picture/changes';

/** In cells. */
interface Flag extends Box {
  readonly minor?: boolean;
}

const cellSize = 8;

/** The left half of the picture, which has 10 × 10 cells: the last of each row and column has but half of its pixels inside. */
const left: readonly Asked[] = [[0, 0, 0.5, 1]];

function plant(flags: readonly Flag[], more: Partial<Changes> = {}): Changes {
  const [columns, rows] = [10, 10];
  const labels = new Uint16Array(columns * rows);
  const changes = flags.map(({ minor = false, ...cells }, index): Change => {
    for (let row = cells.y; row < cells.y + cells.height; row++) {
      labels.fill(index + 1, row * columns + cells.x, row * columns + cells.x + cells.width);
    }
    const box = {
      x: cells.x * cellSize,
      y: cells.y * cellSize,
      width: cells.width * cellSize,
      height: cells.height * cellSize,
    };
    return { id: index + 1, box, share: (cells.width * cells.height) / 100, minor };
  });
  const size = { width: 76, height: 76, cellSize, columns, rows };
  return { ...size, changes, labels, whole: false, ...more };
}

const inside: Flag = { x: 0, y: 0, width: 3, height: 4 };
const speck = (y: number, minor = false): Flag => ({ x: 9, y, width: 1, height: 1, minor });

describe('the score of what changed', () => {
  it('is good where what was asked for is found, and nothing else', () => {
    const score = scoreChanges(plant([inside]), left);
    assert.deepEqual(score, {
      listed: 1,
      minor: 0,
      stray: 0,
      precision: 1,
      recall: 12 / 50,
      falseShare: 0,
      falseListed: 0,
      whole: false,
      good: true,
    });
  });

  it('is not good where all of the picture is said to have changed', () => {
    const score = scoreChanges(plant([inside], { whole: true }), left);
    assert.ok(score.whole && !score.good);
  });

  it('is not good where over 5 % of the area outside is flagged', () => {
    const two = scoreChanges(plant([inside, { x: 8, y: 5, width: 2, height: 1 }]), left);
    assert.ok(two.good);
    assert.equal(two.falseShare, 0.04);
    assert.equal(two.precision, 12 / 14);
    const three = scoreChanges(plant([inside, { x: 7, y: 5, width: 3, height: 1 }]), left);
    assert.ok(!three.good);
    assert.equal(three.falseShare, 0.06);
  });

  it('is not good where under 10 % of the area inside is flagged', () => {
    const five = scoreChanges(plant([{ x: 0, y: 0, width: 5, height: 1 }]), left);
    assert.ok(five.good && five.recall === 0.1);
    const four = scoreChanges(plant([{ x: 0, y: 0, width: 4, height: 1 }]), left);
    assert.ok(!four.good && four.recall === 0.08);
  });

  it('is not good where nothing is found', () => {
    const score = scoreChanges(plant([]), left);
    assert.ok(!score.good && score.precision === undefined && score.recall === 0);
  });

  it('is not good with more than two strays in the list', () => {
    // Their cells are not flagged, so that their number alone counts.
    const { labels } = plant([inside]);
    const withStrays = (...strays: Flag[]) =>
      scoreChanges({ ...plant([inside, ...strays]), labels }, left);
    const two = withStrays(speck(0), speck(2));
    assert.ok(two.good && two.stray === 2);
    const three = withStrays(speck(0), speck(2), speck(4));
    assert.ok(!three.good && three.stray === 3);
  });

  it('counts minor changes among what is false, and not among what is found or strays', () => {
    const some = plant([inside, speck(0, true), speck(2, true)]);
    const score = scoreChanges(some, left);
    assert.deepEqual([score.listed, score.minor, score.stray], [1, 2, 0]);
    assert.deepEqual([score.falseShare, score.falseListed, score.good], [0.04, 0, true]);
    const three = scoreChanges(
      plant([inside, speck(0, true), speck(2, true), speck(4, true)]),
      left,
    );
    assert.ok(!three.good && three.stray === 0);
    const folded = scoreChanges(plant([{ ...inside, minor: true }]), left);
    assert.ok(!folded.good && folded.recall === 0 && folded.precision === 1);
  });

  it('takes a cell at the edge where the part inside of the picture lies', () => {
    // The middle of the last column is at 74 of 76 pixels; that of a whole cell would be at 76.
    const last: readonly Asked[] = [[0.96, 0, 0.98, 1]];
    const score = scoreChanges(plant([{ x: 9, y: 0, width: 1, height: 10 }]), last);
    assert.deepEqual([score.recall, score.falseShare, score.good], [1, 0, true]);
  });

  it('goes by several boxes', () => {
    const both: readonly Asked[] = [...left, [0.9, 0, 1, 1]];
    const score = scoreChanges(plant([inside, speck(0), speck(2), speck(4)]), both);
    assert.ok(score.good && score.stray === 0 && score.falseShare === 0);
  });
});

describe('the bars of what changed', () => {
  const good = scoreChanges(plant([inside]), left);
  const bad = scoreChanges(plant([]), left);
  const whole = scoreChanges(plant([inside], { whole: true }), left);
  const many = (count: number, score: typeof good) => Array.from({ length: count }, () => score);

  it('are 11 of 12 and 26 of 30', () => {
    assert.deepEqual([goodBar(12), goodBar(30), goodBar(1)], [11, 26, 1]);
    assert.deepEqual(judgeScores([...many(11, good), bad]), []);
    assert.deepEqual(judgeScores([...many(10, good), bad, bad]), ['good 10 of 12, the bar is 11']);
  });

  it('count a pair that could not be scored', () => {
    assert.deepEqual(judgeScores([...many(10, good), undefined, undefined]).length, 1);
    assert.deepEqual(judgeScores([undefined]), ['nothing was scored']);
  });

  it('forgive no whole picture', () => {
    assert.deepEqual(judgeScores([...many(11, good), whole]), [
      '1 said to be changed as a whole, the bar is none',
    ]);
  });

  it('hold the median of the false shares', () => {
    const spotty = { ...good, falseShare: 0.02 };
    assert.deepEqual(judgeScores([...many(5, good), ...many(6, spotty)]), [
      'median false share 2.0 %, the bar is 1.0 %',
    ]);
    assert.deepEqual(judgeScores([...many(6, good), ...many(5, spotty)]), []);
  });
});

describe('the picture of labels', () => {
  it('has the listed changes from 1 on, the minor ones from 128 on', () => {
    const painted = paintLabels(plant([speck(0, true), inside, speck(2)]));
    assert.equal(painted.length, 76 * 76);
    assert.deepEqual(
      [painted[0], painted[75], painted[76 * 20 + 75], painted[76 * 40]],
      [1, 128, 2, 0],
    );
  });

  it('has no other numbers, however many changes there are', () => {
    const flags = Array.from({ length: 300 }, (_, index) => ({
      ...speck(0, index >= 150),
      x: index % 10,
    }));
    const changes = plant(flags);
    const labels = Uint16Array.from({ length: 100 }, (_, cell) => [127, 150, 151, 300][cell % 4]!);
    const painted = new Set(paintLabels({ ...changes, labels }));
    assert.deepEqual([...painted].sort(), [127, 128, 255]);
  });
});
