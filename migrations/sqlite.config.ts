import { defineConfig } from 'drizzle-kit';

export default defineConfig({ dialect: 'sqlite', schema: './migrations/sqlite.tables.ts', out: './migrations/sqlite' });
