import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { readAnswer } from './answer.ts';
import type { LoadPlan } from './plan.ts';

/**
 * One keep-alive connection that carries one post at a time. Written on the bare socket: undici took as much
 * CPU a post as node:http takes to serve it (42 µs against 43), so the generator would have been the ceiling.
 */
export type Answer = (status: number, failure?: string) => void;
export type Connection = { post(body: string, answer: Answer): void; close(): void };

const KEPT_FAILURE = 300;

export function openConnection(plan: LoadPlan): Connection {
  const target = new URL(plan.url);
  const head = headOf(target, plan.headers);
  const state: { socket?: Socket; buffered: string; answer?: Answer } = { buffered: '' };

  return {
    post: (body, answer) => {
      state.answer = answer;
      socket().write(`${head}${Buffer.byteLength(body)}\r\n\r\n${body}`);
    },
    close: () => {
      state.socket?.destroy();
    },
  };

  function socket(): Socket {
    if (state.socket !== undefined && !state.socket.destroyed) return state.socket;
    const opened = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    // Latin-1 keeps one character a byte, which is what content-length counts.
    opened.setEncoding('latin1');
    opened.on('data', (text: string) => {
      receive(opened, text);
    });
    const broken = { reason: 'connection closed' };
    opened.once('error', (error) => {
      broken.reason = error.message;
    });
    // An old socket may close after a new one has taken its place: its end is nobody's failure then.
    opened.once('close', () => {
      if (state.socket === opened) settle(0, broken.reason);
    });
    state.socket = opened;
    state.buffered = '';
    return opened;
  }

  function receive(from: Socket, text: string): void {
    state.buffered += text;
    const answer = readAnswer(state.buffered);
    if (answer === undefined) return;
    state.buffered = state.buffered.slice(answer.length);
    if (answer.closes) from.destroy();
    settle(answer.status, answer.status < 300 ? undefined : answer.body.slice(0, KEPT_FAILURE));
  }

  function settle(status: number, failure?: string): void {
    const { answer } = state;
    if (answer === undefined) return;
    delete state.answer;
    answer(status, failure);
  }
}

function headOf(target: URL, headers: Record<string, string>): string {
  const all = { host: target.host, 'content-type': 'application/json', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${target.pathname}${target.search} HTTP/1.1\r\n${lines.join('')}content-length: `;
}
