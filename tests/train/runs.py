def test(out, digits):
    pass
