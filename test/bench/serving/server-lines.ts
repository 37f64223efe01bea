import { createInterface } from 'node:readline';

/** A server under load, asked by lines: where it listens, and how much processor it has used. */
export async function answerLines(port: number): Promise<void> {
  process.stdout.write('ready\n');
  for await (const question of createInterface({ input: process.stdin })) {
    const { user, system } = process.cpuUsage();
    process.stdout.write(`${question === 'port' ? port : (user + system) / 1_000_000}\n`);
  }
  process.exit(0);
}
