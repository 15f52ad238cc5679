/**
 * House rules that oxlint has no rule for, as an oxlint plugin (the ESLint rule shape). Everything else is
 * configured from built-in rules in `.oxlintrc.json`; each rule has a bad file in `tests/lint/bad` that
 * proves that it fires.
 */
type Found = { type: string; source?: { type: string; value?: unknown } | null };
type Context = { filename: string; report(finding: { node: Found; message: string }): void };
type Rule = { create(context: Context): Record<string, (node: Found) => void> };

const noModuleLet: Rule = {
  create: (context) => {
    const report = (node: Found) => {
      context.report({
        node,
        message: 'No `let` at module level: state belongs to what a function returns.',
      });
    };
    return {
      'Program > VariableDeclaration[kind="let"]': report,
      'Program > ExportNamedDeclaration > VariableDeclaration[kind="let"]': report,
    };
  },
};

const lentByPorts: Rule = {
  create: (context) => {
    const report = (node: Found) => {
      context.report({ node, message: 'Time and chance are ports: use ctx.clock and ctx.chance.' });
    };
    return {
      'CallExpression[callee.object.name="Date"][callee.property.name="now"]': report,
      'NewExpression[callee.name="Date"][arguments.length=0]': report,
      'CallExpression[callee.object.name="Math"][callee.property.name="random"]': report,
      'CallExpression[callee.object.name="performance"][callee.property.name="now"]': report,
      'CallExpression[callee.object.name="crypto"][callee.property.name="randomUUID"]': report,
      'CallExpression[callee.object.name="crypto"][callee.property.name="getRandomValues"]': report,
      'CallExpression[callee.object.name="AbortSignal"][callee.property.name="timeout"]': report,
    };
  },
};

const nameless = /^(utils?|helpers?|commons?|managers?|bases?|services?|misc|shared)(\.[a-z.]+)?$/;

const namedRooms: Rule = {
  create: (context) => ({
    Program: (node) => {
      const segments = context.filename.split(/[\\/]/);
      const house = segments.findLastIndex((segment) => segment === 'src' || segment === 'connectors');
      const found = segments.slice(house + 1).find((segment) => nameless.test(segment));
      if (!found) return;
      context.report({ node, message: `"${found}" says nothing: what has no name has no room yet.` });
    },
  }),
};

/** The walls go by what an import says: `import(name)` says nothing, and `./../x` says less than it does. */
const plainImports: Rule = {
  create: (context) => {
    const check = (node: Found) => {
      const { source } = node;
      if (!source || (typeof source.value === 'string' && !source.value.includes('/../'))) return;
      context.report({ node, message: 'An import is named by a plain string, with no `..` on its way.' });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

// oxlint loads a plugin by its default export.
export default {
  meta: { name: 'house' },
  rules: {
    'lent-by-ports': lentByPorts,
    'named-rooms': namedRooms,
    'no-module-let': noModuleLet,
    'plain-imports': plainImports,
  },
};
