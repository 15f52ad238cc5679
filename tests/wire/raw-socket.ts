import { connect } from 'node:net';

export type RawAnswer = { text: string; status: number | null; ended: 'closed' | 'reset' | 'open' };

/** Sends bytes as they are and reads until the other side ends, or nothing has come for a while. */
export function sendRaw(
  port: number,
  parts: (string | Uint8Array)[],
  patienceMs = 1_500,
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    const timer = setTimeout(() => end('open'), patienceMs);
    const end = (ended: RawAnswer['ended']) => {
      clearTimeout(timer);
      socket.destroy();
      const text = Buffer.concat(chunks).toString('latin1');
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1];
      resolve({ text, status: status === undefined ? null : Number(status), ended });
    };
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('end', () => end('closed'));
    socket.on('error', () => end('reset'));
    socket.once('connect', () => {
      for (const part of parts) socket.write(part);
    });
  });
}
