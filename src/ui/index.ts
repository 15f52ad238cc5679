export { counted, goTo, pageHeaders, withQuery } from './answer.ts';
export { PatchBay } from './bay.tsx';
export { type BayCord, type BayFacts, type Health, type Jack } from './bay-layout.ts';
export { type Assets, assetsOf } from './assets.ts';
export { uiFileHeaders, uiFileRoutes, uiFiles } from './files.ts';
export { DayChart } from './chart.tsx';
export { Ask, type Choice, Select, TextArea, TextField, type Wrong, WrongAt, WrongSummary } from './form.tsx';
export { type Form, readForm, wrongOf } from './form-body.ts';
export { Crumb, type Frame, Page } from './page.tsx';
export {
  Chip,
  Copyable,
  CopyBlock,
  Empty,
  type Fact,
  Facts,
  Note,
  Pages,
  Secret,
  type Tone,
} from './parts.tsx';
export { Payload } from './payload.tsx';
export { Question } from './question.tsx';
export { type Screen, useScreen } from './screen.ts';
export { When } from './when.tsx';
