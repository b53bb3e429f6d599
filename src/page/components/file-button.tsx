import { useRef } from 'preact/hooks'
import { Icon } from './icon'

interface ButtonProps {
  isDisabled: boolean
  takesAll: boolean
  onChoose: (files: Iterable<File>) => void
}

const MEDIA = 'image/*,video/*,audio/*,application/pdf'

/** Opens the picker of the system. */
export function FileButton({ isDisabled, takesAll, onChoose }: ButtonProps) {
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label="Attach photos, videos or files"
        title="Attach"
        disabled={isDisabled}
        onClick={() => picker.current?.click()}
      >
        <Icon name="attach" />
      </button>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        {...(takesAll ? {} : { accept: MEDIA })}
        onChange={(event) => {
          // The list is emptied with the value, so that the same file can be chosen again.
          onChoose([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}
