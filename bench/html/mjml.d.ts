// What is used of MJML 5, which ships without types.
declare module 'mjml' {
  export default function mjml2html(input: string, options: object): Promise<{ html: string }>;
}
