import json, sys
from records import read, task_of
''')
s=s.replace('''        task = job["array"]["task_id"]
        if (number''','''        if (number''').replace('''found[job["name"], json.dumps(task), str(job["array"]["task"])] = job''','''found[job["name"], str(task_of(job)), str(job["array"]["task"])] = job''')
s=s.replace('''    a = json.load(open("alone." + question))''','''    a = read("alone." + question)''').replace('''    b = json.load(open(as_ + "." + question))''','''    b = read(as_ + "." + question)''')
s=s.replace('''import json, sys
for job in json.load(open(sys.argv[1]))["jobs"]:
    state, task = job["state"]["current"], job["array"]["task_id"]
    task = task if not isinstance(task, dict) else task["number"] if task["set"] else None
''','''import sys
from records import read, task_of
for job in read(sys.argv[1])["jobs"]:
    state = job["state"]["current"]
''').replace('''job["array"]["job_id"], task, job["array"]["task"] or "-"''','''job["array"]["job_id"], task_of(job), job["array"]["task"] or "-"''')
s=s.replace("import json, sys\nfrom","import sys\nfrom")
open(p,'w').write(s)
