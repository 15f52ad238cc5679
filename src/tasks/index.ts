export { type Chunk, createTasks, type Task, type TaskKinds, type Tasks } from './run.ts';
