/** Elements by hand: text is always a text node, so no word can become markup. */

export type Child = Node | string | number | null | undefined | false;

type Handlers = { [event: string]: (event: never) => void };

/** What an element gets besides its children; `on` holds listeners, `style` custom properties too. */
export interface Props {
  class?: string;
  on?: Handlers;
  style?: Record<string, string | number>;
  data?: Record<string, string | number>;
  [attribute: string]: unknown;
}

const SVG = "http://www.w3.org/2000/svg";

function furnish<E extends Element>(element: E, props: Props, children: Child[]): E {
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "on") listen(element, value as Handlers);
    // Through the object model: a strict Content-Security-Policy refuses style attributes.
    else if (key === "style") paint(element as unknown as HTMLElement, value as Props["style"] & object);
    else if (key === "data") assign(element as unknown as HTMLElement, value as Props["data"] & object);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.filter(present).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

const present = (child: Child): child is Node | string | number =>
  child !== null && child !== undefined && child !== false;

function listen(element: Element, handlers: Handlers): void {
  for (const [event, handler] of Object.entries(handlers)) {
    element.addEventListener(event, handler as unknown as EventListener);
  }
}

function paint(element: HTMLElement, style: Record<string, string | number>): void {
  for (const [key, value] of Object.entries(style)) element.style.setProperty(key, String(value));
}

function assign(element: HTMLElement, data: Record<string, string | number>): void {
  for (const [key, value] of Object.entries(data)) element.dataset[key] = String(value);
}

/** An HTML element. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return furnish(document.createElement(tag), props, children);
}

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return furnish(document.createElementNS(SVG, tag) as SVGElementTagNameMap[K], props, children);
}

/** Write a text only where it is another one; the node stays, as a new one would be laid out from the start. */
export function write(element: Element, text: string): void {
  const node = element.firstChild;
  if (!(node instanceof Text) || node.nextSibling) {
    if (element.textContent !== text) element.textContent = text;
  } else if (node.data !== text) node.data = text;
}

/** Set an attribute only where it is another one: the browser takes every setting for news. */
export function put(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** A push button. */
export function button(text: string, press: () => void, props: Props = {}): HTMLButtonElement {
  return h("button", { type: "button", ...props, on: { click: press } }, text);
}
