def run(out):
    pass
