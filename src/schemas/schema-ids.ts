const capitalized = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/**
 * Names one option of a union in both published documents: `message.posted` and `Event` give `MessagePostedEvent`.
 * Generators of code call a schema without a name `AnonymousSchema_7`.
 */
export const schemaId = (name: string, union: string): string =>
  name.split('.').map(capitalized).join('') + union
