import type { Author } from '../protocol'

const names = ({ username, displayName, avatarUrl }: Author) =>
  `${username}\n${displayName}\n${avatarUrl}`

/** Each user once, with the name that was told last: a message shows the name its author has now. */
export class Users {
  readonly #byId = new Map<string, Author>()

  /** Whether anything about the user is new. */
  add({ id, username, displayName, avatarUrl }: Author): boolean {
    const author = { id, username, displayName, avatarUrl }
    const known = this.#byId.get(id)
    if (known && names(known) === names(author)) return false
    this.#byId.set(id, author)
    return known !== undefined
  }

  get(id: string): Author | undefined {
    return this.#byId.get(id)
  }

  /** The user as known now: the one given where that says the same. */
  current(author: Author): Author {
    const known = this.#byId.get(author.id)
    return known && names(known) !== names(author) ? known : author
  }
}
