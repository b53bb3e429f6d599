interface Schema {
  $ref?: string
  example?: unknown
  enum?: unknown[]
}

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema: Schema
}

export interface Operation {
  operationId: string
  method: string
  path: string
  security?: object[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, { example: unknown }> }
}

export interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

/** Every operation of the document. */
export const operationsOf = ({ paths }: Document): Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  )

/** What the document gives as an example of a parameter. */
function exampleOf({ schema }: Parameter, { components }: Document): unknown {
  const { example, enum: some } = {
    ...components.schemas[schema.$ref?.split('/').at(-1) ?? ''],
    ...schema,
  }
  return example ?? some?.[0]
}

/** A request with the values given, and for what else it needs those of the examples. */
export function requestOf(
  { method, path, parameters = [], requestBody }: Operation,
  document: Document,
  values: Record<string, unknown>,
) {
  const headers: Record<string, string> = {}
  const query = new URLSearchParams()
  let filled = path
  for (const parameter of parameters) {
    const { name, required } = parameter
    const isSent = required || 'example' in parameter.schema
    const value = values[name] ?? (isSent ? exampleOf(parameter, document) : undefined)
    if (value === undefined) continue
    if (parameter.in === 'path')
      filled = filled.replace(`{${name}}`, encodeURIComponent(`${value}`))
    if (parameter.in === 'query') query.set(name, `${value}`)
    if (parameter.in === 'header') headers[name] = `${value}`
  }
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  if (type && requestBody?.required) headers['content-type'] = type
  const body = requestBody?.required ? content?.example : undefined
  return { method, path: query.size > 0 ? `${filled}?${query}` : filled, headers, body }
}
