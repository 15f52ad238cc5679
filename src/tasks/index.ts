export { addTask, addTaskIf, type NewTask } from './add.ts';
export { type Chunk, createTasks, type Task, type TaskKinds, type Tasks } from './run.ts';
