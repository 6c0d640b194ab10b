export interface ClassControlsEmits {
  /** We have ended the class for everyone. */
  ended: [];
}

export interface ClassControlsSlots {
  /** At the end of the bar: buttons of the app's own. */
  default?: () => unknown;
}
