declare module 'virtual:icons' {
  /** Address of the sprite. */
  const address: string;
  export default address;
}
