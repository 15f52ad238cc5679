export { type Asset, type Assets, assetsOf } from './assets.ts';
export { Ask, type Choice, Select, TextArea, TextField, type Wrong, WrongSummary } from './form.tsx';
export { Crumb, type Frame, Page } from './page.tsx';
export { Chip, Copyable, Empty, type Fact, Facts, Note, Pages, Secret, type Tone } from './parts.tsx';
export { Payload } from './payload.tsx';
export type { Screen } from './screen.ts';
export { When } from './when.tsx';
