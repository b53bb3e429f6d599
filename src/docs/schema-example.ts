/** The part of JSON Schema that zod generates from our schemas. */
export interface JsonSchema {
  $ref?: string
  description?: string
  example?: unknown
  examples?: unknown[]
  default?: unknown
  const?: unknown
  enum?: unknown[]
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  minimum?: number
}

/**
 * Builds a value that fits the schema from the examples of its parts. Optional properties are included
 * when they have an example. Returns undefined where an example is missing.
 */
export function exampleOf(schema: JsonSchema, named: Record<string, JsonSchema>): unknown {
  const own = ownExample(schema)
  if (own !== undefined) return own
  if (schema.$ref) return exampleOf(lookUp(schema.$ref, named), named)
  const [first] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []
  if (first) return exampleOf(first, named)
  if (schema.properties) return objectOf(schema, schema.properties, named)
  if (schema.items) return [exampleOf(schema.items, named)]
  if (schema.type === 'boolean') return true
  if (schema.type === 'integer') return Math.max(schema.minimum ?? 0, 1)
  return undefined
}

function ownExample({
  example,
  examples,
  default: fallback,
  const: only,
  enum: values,
}: JsonSchema) {
  if (example !== undefined) return example
  return examples?.[0] ?? fallback ?? only ?? values?.[0]
}

function objectOf(
  { required = [] }: JsonSchema,
  properties: Record<string, JsonSchema>,
  named: Record<string, JsonSchema>,
) {
  const shown = Object.entries(properties).filter(
    ([name, property]) => required.includes(name) || ownExample(property) !== undefined,
  )
  return Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(property, named)]))
}

const lookUp = ($ref: string, named: Record<string, JsonSchema>): JsonSchema =>
  named[$ref.split('/').at(-1) ?? ''] ?? {}

/** The schema itself, where it is given by name. In draft 7 a reference that has a sibling is in an `allOf`. */
export function resolved(schema: JsonSchema, named: Record<string, JsonSchema>): JsonSchema {
  const $ref = schema.$ref ?? schema.allOf?.[0]?.$ref
  return $ref ? lookUp($ref, named) : schema
}
