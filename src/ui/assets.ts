import type { Ports } from '#src/context';
import { uiFiles } from './files.ts';

export type Assets = Readonly<Record<keyof ReturnType<typeof uiFiles>, { path: string }>>;

/** Where the files of the pages are. The Worker's build puts the answer in place of this module (edge-bundle.ts). */
export const assetsOf = (ports: Pick<Ports, 'digest'>): Assets => uiFiles(ports);
