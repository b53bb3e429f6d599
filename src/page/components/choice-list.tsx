import type { Choice } from '../app/completion'
import { Avatar } from './avatar'
import { Icon } from './icon'

interface ListProps {
  id: string
  choices: readonly Choice[]
  chosen: number
  onChoose: (choice: Choice) => void
}

/** Who may be meant by what is typed. The focus stays in the field, which names the one that is chosen. */
export function ChoiceList({ id, choices, chosen, onChoose }: ListProps) {
  return (
    <div class="choice-list" id={id} role="listbox" aria-label="People to mention">
      {choices.map((choice, i) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
        <div
          key={choice.user?.id ?? 'everyone'}
          id={`${id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === chosen}
          class="choice-option"
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(choice)}
        >
          {choice.user ? (
            <Avatar
              id={choice.user.id}
              name={choice.name}
              url={choice.user.avatarUrl}
              size="small"
            />
          ) : (
            <Icon name="people" />
          )}
          <b>{choice.name}</b>
          <small>{choice.handle}</small>
        </div>
      ))}
    </div>
  )
}
