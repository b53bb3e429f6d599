/** Whether an `If-None-Match` header names a tag, compared weakly (RFC 9110, 13.1.2). */
export const matchesTag = (header: string | null, tag: string): boolean =>
  header !== null && (header.trim() === '*' || (header.match(/"[^"]*"/g)?.includes(tag) ?? false))
