// The module under test as a file of its own, for a process that sees another disk.
export {
  isWritableFolder,
  replaceLocally,
  saveAtLocally,
  saveNewLocally,
} from '../../../../src/save/saveLocally';
