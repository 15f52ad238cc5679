import type { OpenAPIHono } from '@hono/zod-openapi';

/** What entries are put into. */
export type Registry = OpenAPIHono['openAPIRegistry'];
