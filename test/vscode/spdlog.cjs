// Takes VS Code's log lines and appends them to their files: stands in for the compiled module
// @vscode/spdlog, whose build needs a compiler, with as much of its interface as VS Code uses.
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  constructor(name, path) {
    this.path = path;
    this.level = 2;
    this.raw = false;
    mkdirSync(dirname(path), { recursive: true });
    // The file is what an output channel shows: it has to be there before the first line.
    appendFileSync(path, '');
  }
  write(level, message) {
    if (level < this.level) return;
    const time = new Date().toISOString().replace('T', ' ').slice(0, -1);
    const line = this.raw ? message : `${time} [${levels[level]}] ${message}\n`;
    try {
      appendFileSync(this.path, line);
    } catch {
      // The folder is deleted while VS Code ends; nobody reads these lines.
    }
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  clearFormatters() {
    this.raw = true;
  }
  setPattern() {
    this.raw = false;
  }
  flush() {}
  drop() {}
}
levels.forEach((name, level) => {
  const method = name === 'warning' ? 'warn' : name;
  Logger.prototype[method] = function log(message) {
    this.write(level, message);
  };
});

exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.shutdown = () => {};
exports.createRotatingLogger = async (name, path) => new Logger(name, path);
exports.createAsyncRotatingLogger = exports.createRotatingLogger;
