import { useId } from 'preact/hooks'

interface SelectProps {
  label: string
  name: string
  value: string
  options: readonly (readonly [value: string, label: string])[]
  hint?: string
  error?: string | undefined
}

/** A labelled choice of one of a few. */
export function SelectField({ label, name, value, options, hint, error }: SelectProps) {
  const id = useId()
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={name}
        defaultValue={value}
        aria-describedby={notes || undefined}
        aria-invalid={error ? true : undefined}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option} selected={option === value}>
            {text}
          </option>
        ))}
      </select>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}
