"""Text that somebody types."""

name = input()  # expect: interactive-input
age = int(input("Age: "))  # expect: interactive-input
old = raw_input()  # expect: interactive-input
for line in iter(input, ""):  # expect: interactive-input
    print(line)


def quiet(form):
    form.input()
    return form.read(input="text")


def shadowed(input):
    return input()
