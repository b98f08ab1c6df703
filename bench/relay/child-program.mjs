import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A program of this folder in a process of its own, which says when it is ready and answers each question once. */
export class ChildProgram {
  static async start(file, args) {
    const child = fork(path.join(import.meta.dirname, file), args);
    const program = new ChildProgram(child);
    program.ready = await program.answer();
    return program;
  }

  constructor(child) {
    this.child = child;
  }

  ask(question = {}) {
    this.child.send(question);
    return this.answer();
  }

  async answer() {
    const ended = once(this.child, 'exit').then(([status]) => {
      throw new Error(`${this.child.spawnargs[1]} ended with ${status}`);
    });
    ended.catch(() => undefined);
    const [answer] = await Promise.race([once(this.child, 'message'), ended]);
    return answer;
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
