import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { describeWith } from './describe.ts';
import { startRedis } from './redis.ts';

await describeWith('redis', 'a Redis of the tests', (redis) => {
  test('the one of a run answers and would refuse rather than evict', async () => {
    expect(await say(redis.url, 'CONFIG GET maxmemory-policy')).toContain('noeviction');
  });

  test('one of its own is another server, and gone after stop', async () => {
    const own = await startRedis();
    expect(own.url).not.toBe(redis.url);
    expect(await say(own.url, 'SET mark 1')).toContain('+OK');
    expect(await say(redis.url, 'GET mark')).toContain('$-1');
    await own.stop();
    await expect(say(own.url, 'PING')).rejects.toThrow('ECONNREFUSED');
  });

  test('after kill -9 it is empty, at the same address; frozen it says nothing until it is thawed', async () => {
    const own = await startRedis();
    await say(own.url, 'SET mark 1');
    await own.kill();
    await expect(say(own.url, 'PING')).rejects.toThrow('ECONNREFUSED');
    await own.start();
    expect(await say(own.url, 'GET mark')).toContain('$-1');
    own.freeze();
    const answer = say(own.url, 'PING');
    expect(await Promise.race([answer, pause(100, 'silence')])).toBe('silence');
    own.thaw();
    expect(await answer).toContain('+PONG');
    await own.stop();
  });
});

async function say(url: string, command: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    socket.write(`${command}\r\n`);
    const [answer] = await once(socket, 'data');
    return String(answer);
  } finally {
    socket.destroy();
  }
}
