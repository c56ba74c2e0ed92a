import { beforeEach, expect, test } from 'vitest';
import './tick-count';

const FORM = `<form>
  <input type="hidden" name="n" value="A-1">
  <tick-count data-elsewhere="1" data-words="ticked: #" data-all="Tick the page">
    <button name="do" value="ticked"><span>ticked: 1</span></button>
    <button name="do" value="found" class="primary">all</button>
  </tick-count>
  <input type="checkbox" name="n" value="A-2"><input type="checkbox" name="n" value="A-3">
</form>`;

const ticked = () => document.querySelector<HTMLButtonElement>('[value=ticked]')!;
const found = () => document.querySelector<HTMLButtonElement>('[value=found]')!;

beforeEach(() => {
  const box = document.createElement('div'); // whole before it wakes up, as in a page
  box.innerHTML = FORM;
  document.body.replaceChildren(box);
});

test('counts the boxes here and those on other pages', () => {
  expect(ticked().textContent).toBe('ticked: 1');
  document.querySelector<HTMLInputElement>('[value="A-2"]')!.click();
  expect(ticked().textContent).toBe('ticked: 2');
  expect(ticked().className).toBe('primary');
  expect(found().className).toBe('');
});

test('ticks the whole page and takes it back', () => {
  const all = document.querySelector<HTMLButtonElement>('button[type=button]')!;
  expect(all.textContent).toBe('Tick the page');
  all.click();
  expect(ticked().textContent).toBe('ticked: 3');
  all.click();
  expect(ticked().textContent).toBe('ticked: 1');
});

test('without a tick there is nothing to download but all', () => {
  document.querySelector('tick-count')!.setAttribute('data-elsewhere', '0');
  document.querySelector<HTMLInputElement>('[value="A-2"]')!.click();
  document.querySelector<HTMLInputElement>('[value="A-2"]')!.click();
  expect(ticked().disabled).toBe(true);
  expect(found().className).toBe('primary');
});
