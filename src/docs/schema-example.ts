/** The part of JSON Schema that our zod schemas become. */
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
 * A value that fits the schema, put together from the examples its parts carry; what is optional
 * appears when it has one. Undefined where an example is missing.
 */
export function exampleOf(schema: JsonSchema, named: Record<string, JsonSchema>): unknown {
  const given = givenBy(schema)
  if (given !== undefined) return given
  if (schema.$ref) return exampleOf(lookUp(schema.$ref, named), named)
  const [first] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []
  if (first) return exampleOf(first, named)
  if (schema.properties) return objectOf(schema, schema.properties, named)
  if (schema.items) return [exampleOf(schema.items, named)]
  if (schema.type === 'boolean') return true
  if (schema.type === 'integer') return Math.max(schema.minimum ?? 0, 1)
  return undefined
}

function givenBy({ example, examples, default: usual, const: only, enum: some }: JsonSchema) {
  if (example !== undefined) return example
  return examples?.[0] ?? usual ?? only ?? some?.[0]
}

function objectOf(
  { required = [] }: JsonSchema,
  properties: Record<string, JsonSchema>,
  named: Record<string, JsonSchema>,
) {
  const shown = Object.entries(properties).filter(
    ([name, property]) => required.includes(name) || givenBy(property) !== undefined,
  )
  return Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(property, named)]))
}

const lookUp = ($ref: string, named: Record<string, JsonSchema>): JsonSchema =>
  named[$ref.split('/').at(-1) ?? ''] ?? {}
