/**
 * What a schema looks like to everything but validation: a small tree of groups, lists and leaves with their
 * marks. The projector compiles it, the filter language and the documentation read it, and it refuses a schema
 * that has a leaf without a scope, or a construct that could smuggle unknown keys.
 */
import * as z from 'zod';
import type { MediaRule, Privacy } from './types/fields.ts';
import { isScope, type Scope } from './types/scopes.ts';

export type LeafKind = 'string' | 'number' | 'boolean' | 'datetime' | 'array';

export type Leaf = { node: 'leaf'; kind: LeafKind; scope: Scope; privacy: Privacy };
export type List = { node: 'list'; of: Group };
export type Group = {
  node: 'group';
  fields: readonly { name: string; is: Outline }[];
  media: MediaRule | null;
};
export type Outline = Leaf | List | Group;

/** Throws on a schema that the catalogue must not contain. */
export function outlineOf(schema: z.ZodObject): Group {
  return groupOf(schema, '');
}

function outline(schema: unknown, path: string): Outline {
  if (schema instanceof z.ZodOptional) return outline(schema.unwrap(), path);
  if (schema instanceof z.ZodObject) return groupOf(schema, path);
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodObject) {
    return { node: 'list', of: groupOf(schema.element, path) };
  }
  return leafOf(schema, path);
}

function groupOf(schema: z.ZodObject, path: string): Group {
  if (!(schema.def.catchall instanceof z.ZodNever))
    throw new Error(`catalogue: ${path || '(root)'} lets unknown fields in`);
  const media = schema.meta()?.['x-patchbay-media'];
  return {
    node: 'group',
    fields: Object.entries(schema.shape).map(([name, is]) => ({
      name,
      is: outline(is, path ? `${path}.${name}` : name),
    })),
    media: media === 'drop' || media === 'withhold' ? media : null,
  };
}

function leafOf(schema: unknown, path: string): Leaf {
  if (!(schema instanceof z.ZodType)) throw new Error(`catalogue: ${path} is not a schema`);
  const meta = schema.meta() ?? {};
  const scope = meta['x-patchbay-scope'];
  const privacy = meta['x-patchbay-privacy'];
  if (typeof scope !== 'string' || !isScope(scope)) throw new Error(`catalogue: ${path} has no scope`);
  if (!isPrivacy(privacy)) throw new Error(`catalogue: ${path} has no privacy class`);
  return { node: 'leaf', kind: kindOf(schema, path), scope, privacy };
}

function kindOf(schema: z.ZodType, path: string): LeafKind {
  if (schema instanceof z.ZodISODateTime) return 'datetime';
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat || schema instanceof z.ZodEnum)
    return 'string';
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodLiteral) return typeof schema.value === 'boolean' ? 'boolean' : 'string';
  if (schema instanceof z.ZodArray) return 'array';
  throw new Error(`catalogue: ${path} is of a kind that events do not have`);
}

function isPrivacy(value: unknown): value is Privacy {
  return value === 'none' || value === 'personal' || value === 'sensitive' || value === 'money';
}
