import { z } from 'zod'

/**
 * One emoji in the one way to write it that Unicode recommends: keyboards differ in the variation
 * selectors they leave out, and one emoji must be one key. Anything else comes back as some text.
 */
export function normalise(text: string): string {
  const bare = text.replaceAll('\u{FE0F}', '')
  return bare.replace(/\p{Emoji}(?!\p{Emoji_Modifier})/gu, (character) =>
    /\p{Emoji_Presentation}/u.test(character) ? character : `${character}\u{FE0F}`,
  )
}

// Skin tones, flags, keycaps and families: the list of those that Unicode recommends for interchange.
const emoji = /^\p{RGI_Emoji}$/v

export const Emoji = z
  .string()
  .max(64)
  .overwrite(normalise)
  .refine((text) => emoji.test(text), 'must be one emoji')
  .meta({ id: 'Emoji', description: 'One emoji by Unicode, never its name.', example: '👍' })
