import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A piece of network between a process of ours and a service, for breaking. */
export type Wire = {
  port: number;
  /** Every connection is reset, and each new one too. */
  cut(): void;
  /** Nothing gets through either way, and nobody is told: a pulled cable. What was sent arrives after `mend`. */
  swallow(): void;
  mend(): void;
  close(): Promise<void>;
};

type Mode = 'whole' | 'cut' | 'silent';

export async function layWire(targetPort: number): Promise<Wire> {
  const state: { mode: Mode } = { mode: 'whole' };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    if (state.mode === 'cut') return void near.resetAndDestroy();
    const far = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    join(near, far);
    join(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    // A TCP server's address is never a pipe's name.
    port: (server.address() as AddressInfo).port,
    cut: () => {
      state.mode = 'cut';
      for (const socket of sockets) socket.resetAndDestroy();
    },
    swallow: () => {
      state.mode = 'silent';
      for (const socket of sockets) socket.pause();
    },
    mend: () => {
      state.mode = 'whole';
      for (const socket of sockets) socket.resume();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };

  /** By hand, since a pipe resumes by itself what was paused. */
  function join(from: Socket, to: Socket): void {
    sockets.add(from);
    from.on('data', (bytes) => void to.write(bytes));
    // The other end learns of it by the close that follows.
    from.on('error', () => undefined);
    from.on('end', () => to.end());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    if (state.mode === 'silent') from.pause();
  }
}
